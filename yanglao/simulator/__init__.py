"""A stand-in for WeChat, for trying everything without a service account. A process of its own, never in production.

It speaks WeChat's real wire (``api``, ``sending``, ``authorize``, ``pushing``), shows simulated phones (``views``,
``static/``) and opens the product's pages inside them, each phone with its own cookies (``proxy``).
"""
