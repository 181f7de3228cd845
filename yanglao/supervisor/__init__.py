"""One process that starts all others, keeps them going and stops them together.

Life of a start: settings -> packages -> port -> Redis -> prepare (migrations, notice, demo) -> web, worker, cron,
relay -> the address is printed. Every child ends when this process ends, even by ``kill -9``.
"""
