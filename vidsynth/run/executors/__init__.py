"""Who renders the shots of a job: processes on this machine, or a Ray cluster; and which shots
those are, where several jobs share a data set (slices)."""
