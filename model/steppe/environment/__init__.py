"""The environment that agents act in: the world economy, routes and history, by the laws."""
