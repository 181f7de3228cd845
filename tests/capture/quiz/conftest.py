from tests.capture.quiz.school import campus, school, town  # noqa: F401
