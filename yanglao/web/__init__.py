"""Doors for people and machines: views parse, call one service or query, and answer."""
