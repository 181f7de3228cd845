from tests.capture.quiz.school import campus, database_url, school, town  # noqa: F401
