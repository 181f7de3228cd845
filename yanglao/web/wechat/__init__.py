"""What WeChat itself and pages within WeChat ask for."""
