from tests.people.town import hall, town  # noqa: F401
