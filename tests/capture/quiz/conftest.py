from tests.capture.quiz.school import school, town  # noqa: F401
