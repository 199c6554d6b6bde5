"""The bus between processes: what one worker tells reaches the sockets of the others.

Facts travel as small parcels through Redis or PostgreSQL (`transport.py`). None of it is trusted to be complete:
`Order` sees by the revisions what is missing, `Lookout` compares with the database now and then, and what was lost is
read there.
"""
