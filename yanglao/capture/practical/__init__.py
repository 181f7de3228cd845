"""Practical assessment (实操考核): two score each by themselves, a third where they differ, and what comes out."""
