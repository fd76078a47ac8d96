"""Agents: ten states, each the owner of its slices of the state's arrays."""
