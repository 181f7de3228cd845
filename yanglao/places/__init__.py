"""Who organises training and what for: divisions, trainee categories, levels, topics, bases and the notice's plan."""
