"""steppe: an agent-based scenario simulator of the geoeconomics of Central Asia."""

__version__ = "0.1.0"
