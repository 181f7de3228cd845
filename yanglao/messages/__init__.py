"""Who is told what, and what WeChat told us: received pushes, each with one effect and one answer."""
