"""Every blueprint, one line each: module and name. What is not listed here is not served."""

BLUEPRINTS: tuple[str, ...] = (
    # the API
    "yanglao.web.api.sign_in:bp",
    "yanglao.web.api.me:bp",
    "yanglao.web.api.people:bp",
    "yanglao.web.api.enrolments:bp",
    "yanglao.web.api.viewings:bp",
    "yanglao.web.api.attempts:bp",
    "yanglao.web.api.standings:bp",
    "yanglao.web.api.exports:bp",
    "yanglao.web.api.card:bp",
    "yanglao.web.api.scans:bp",
    "yanglao.web.api.sessions:bp",
    "yanglao.web.api.classes:bp",
    "yanglao.web.api.rosters:bp",
    "yanglao.web.wechat.js_config:bp",
    "yanglao.web.api.binding:bp",
    # what WeChat asks
    "yanglao.web.wechat.callback:bp",
    # pages of the trainee
    "yanglao.web.learn.home:bp",
    "yanglao.web.learn.lesson:bp",
    "yanglao.web.learn.hours:bp",
    "yanglao.web.learn.card:bp",
    "yanglao.web.learn.quiz:bp",
    # pages of the instructor
    "yanglao.web.teach.sessions:bp",
    "yanglao.web.teach.binding:bp",
    # pages of the office
    "yanglao.web.office.scans:bp",
    "yanglao.web.office.todo:bp",
    "yanglao.web.office.classes:bp",
    "yanglao.web.office.sessions:bp",
    "yanglao.web.office.roster:bp",
    "yanglao.web.office.people:bp",
    "yanglao.web.office.settings:bp",
    "yanglao.web.office.review:bp",
    "yanglao.web.office.plan:bp",
    "yanglao.web.office.ledger:bp",
    # WeChat
    "yanglao.web.wechat.oauth:bp",
    "yanglao.web.wechat.tickets:bp",
    "yanglao.web.wechat.binding:bp",
    "yanglao.web.wechat.slip:bp",
    "yanglao.web.wechat.class_code:bp",
    "yanglao.web.wechat.shared:bp",
    "yanglao.web.wechat.welcome:bp",
    # pages for anybody
    "yanglao.web.public.screen:bp",
    "yanglao.web.public.account:bp",
    "yanglao.web.public.home:bp",
    "yanglao.web.public.privacy:bp",
    "yanglao.web.public.health:bp",
    "yanglao.web.public.styleguide:bp",
)
