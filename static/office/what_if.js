// 换政策试算: two bars per class from the numbers in the page; without this script the table says the same.
(function () {
  "use strict";

  var yl = window.yl;
  var MOST = 20;
  var tokens = window.getComputedStyle(document.documentElement);
  function token(name) { return tokens.getPropertyValue("--" + name).trim(); }
  function yuan(fen) { return (fen / 100).toFixed(2) + " 元"; }

  function asked(rows) {
    var ink = token("ink"), line = token("line");
    function bar(name, key, look) {
      return { name: name, type: "bar", barWidth: 9, itemStyle: look, data: rows.map(function (one) { return one[key]; }) };
    }
    return {
      animation: false,
      textStyle: { fontFamily: tokens.getPropertyValue("--face"), color: ink, fontSize: 13 },
      grid: { left: 8, right: 44, top: 30, bottom: 4, containLabel: true },
      legend: { top: 0, left: 0, itemWidth: 14, itemHeight: 10, textStyle: { color: ink } },
      tooltip: { trigger: "axis", renderMode: "richText", axisPointer: { type: "shadow" }, confine: true,
        formatter: function (items) {
          var one = rows[items[0].dataIndex];
          return [one.name, "原来：" + yuan(one.before), "换了：" + yuan(one.after), "差额：" + yuan(one.after - one.before)].join("\n");
        } },
      xAxis: { type: "value", splitLine: { lineStyle: { color: line } }, axisLabel: { color: ink, formatter: function (fen) { return fen / 100; } } },
      yAxis: { type: "category", data: rows.map(function (one) { return one.name; }), inverse: true, axisTick: { show: false },
        axisLabel: { color: ink, interval: 0, width: 200, overflow: "truncate" }, axisLine: { lineStyle: { color: line } } },
      series: [
        bar("原来能申报（元）", "before", { color: token("hush"), borderColor: token("muted"), borderWidth: 1 }),
        bar("换了能申报（元）", "after", { color: ink })
      ]
    };
  }

  document.addEventListener("DOMContentLoaded", function () {
    var place = yl.$("[data-chart]");
    var rows = (yl.facts() || []).filter(function (one) { return one.before || one.after; }).slice(0, MOST);
    if (!place || !window.echarts || rows.length < 2) return;
    place.hidden = false;
    place.style.height = 70 + 30 * rows.length + "px";
    var chart = window.echarts.init(place);
    chart.setOption(asked(rows));
    window.addEventListener("resize", function () { chart.resize(); });
  });
})();
