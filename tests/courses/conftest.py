from tests.people.town import database_url, hall, town  # noqa: F401
