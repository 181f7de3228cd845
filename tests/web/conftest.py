from tests.people.town import town  # noqa: F401
