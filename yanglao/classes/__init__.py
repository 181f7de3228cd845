"""Answer who learns what, when and where: classes and their filing, rosters, enrolments, the timetable."""
