// 监督: draw the bars from the numbers in the page; without this script the tables say the same.
(function () {
  "use strict";

  var yl = window.yl;
  var tokens = window.getComputedStyle(document.documentElement);
  function token(name) { return tokens.getPropertyValue("--" + name).trim(); }

  function words(kind, at) {
    var planned = kind.planned[at];
    return [kind.divisions[at], "计划：" + (planned === null ? "无指标" : planned + " 人"), "报名：" + kind.enrolled[at] + " 人",
      "其中学习中：" + kind.learning[at] + " 人", "其中已结业：" + kind.finished[at] + " 人"].join("\n");
  }

  // No line is drawn where there is nobody.
  function some(values) { return values.map(function (n) { return n || null; }); }

  function rest(kind) {
    return kind.enrolled.map(function (all, at) { return all - kind.learning[at] - kind.finished[at]; });
  }

  function asked(kind) {
    var ink = token("ink"), line = token("line"), face = tokens.getPropertyValue("--face");
    function bar(name, values, colour, more) {
      return Object.assign({ name: name, type: "bar", data: values, itemStyle: { color: colour }, barWidth: 9 }, more || {});
    }
    return {
      animation: false,
      textStyle: { fontFamily: face, color: ink, fontSize: 13 },
      grid: { left: 8, right: 44, top: 30, bottom: 4, containLabel: true },
      legend: { top: 0, left: 0, itemWidth: 14, itemHeight: 10, textStyle: { color: ink } },
      // richText draws inside the canvas: the page's policy allows no styles in markup.
      tooltip: { trigger: "axis", renderMode: "richText", axisPointer: { type: "shadow" }, confine: true,
        formatter: function (items) { return words(kind, items[0].dataIndex); } },
      xAxis: { type: "value", minInterval: 1, splitLine: { lineStyle: { color: line } }, axisLabel: { color: ink } },
      yAxis: { type: "category", data: kind.divisions, inverse: true, axisTick: { show: false }, axisLabel: { color: ink, interval: 0 }, axisLine: { lineStyle: { color: line } } },
      series: [
        bar("计划", kind.planned, token("card"), { itemStyle: { color: token("hush"), borderColor: token("muted"), borderWidth: 1 },
          label: { show: true, position: "right", color: token("muted") } }),
        bar("已结业", some(kind.finished), token("ink"), { stack: "people" }),
        bar("学习中", some(kind.learning), token("muted"), { stack: "people" }),
        bar("已报名，还没开始", some(rest(kind)), line, { stack: "people", itemStyle: { color: token("card"), borderColor: ink, borderWidth: 1 } })
      ]
    };
  }

  function drawn(kind) {
    var place = yl.$("[data-chart='" + kind.code + "']");
    if (!place) return;
    place.hidden = false;
    place.style.height = 70 + 28 * kind.divisions.length + "px";
    var chart = window.echarts.init(place);
    chart.setOption(asked(kind));
    window.addEventListener("resize", function () { chart.resize(); });
    window.addEventListener("beforeprint", function () { chart.resize(); });
  }

  document.addEventListener("DOMContentLoaded", function () {
    if (!window.echarts) return;
    (yl.facts() || []).forEach(function (kind) {
      // A category in which there is nothing at all, or one row only, needs no bars.
      if (kind.divisions.length > 1) drawn(kind);
    });
  });
})();
