-- What the server is asked first: whether it runs scripts, and what time it has.
return {now, 1}
