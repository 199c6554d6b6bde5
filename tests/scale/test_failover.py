"""What carries the news fails and its copy takes over; the database fails and comes back: nobody misses anything."""

import asyncio
import time

import pytest

from tests.promises.company import everything, line, say, whisper
from tests.scale.test_bus import is_typing_seen
from tests.scale.workers import Choir, Workers, at, next_message, wait


@pytest.fixture
def workers(watched, postgres, tmp_path):
    made = Workers(tmp_path, url := postgres.blank(), bus=watched.url)
    made.wait(up=True)
    yield made
    made.kill()
    postgres.drop(url)


def test_news_go_on_by_the_copy_that_takes_over(workers, watched):
    ann, bob = workers.people("ann", "bob")
    place = f"/dialog/{bob.login}"
    said = [say(ann, place, whisper())["id"]]
    with line(at(bob, workers[1]), f"/dialog/{ann.login}/ws") as his, line(ann, f"{place}/ws") as hers:
        watched.first.stop()
        for number in range(5):
            said.append(say(ann, place, text := whisper(f"{number}"))["id"])
            assert next_message(his) == text
        wait(lambda: watched.copy.client.info("replication")["role"] == "master", "nobody takes over")
        workers.wait(up=True)
        wait(lambda: is_typing_seen(hers, his, ann), "what is not stored goes through the new one")
        said.append(say(ann, place, text := whisper("last"))["id"])
        assert next_message(his) == text
    assert [message["id"] for message in everything(bob, f"/dialog/{ann.login}")] == said
    assert "the redis bus is back" in workers[1].log


@pytest.mark.long
@pytest.mark.parametrize("count", [2, 4])
def test_a_database_that_loses_its_power_under_load_costs_no_word(pair, valkey, tmp_path, count):
    workers = Workers(tmp_path, pair.url(), count, bus=valkey.url, LIMITS="off")
    try:
        workers.wait(up=True)
        choir = Choir(workers, readers=8)
        place, ids = f"/group/{choir.group}", []

        def speak(number):
            """What is refused or cut off is said again, under the same name."""
            for n in range(100):
                name = f"{number}-{n}"
                while True:
                    try:
                        answer = choir.writer(number).post(place, {"text": whisper(name), "client_id": name})
                    except OSError:
                        continue
                    if answer.status in (200, 201):
                        ids.append(answer.body["id"])
                        break
                    time.sleep(0.05)

        async def work():
            speaking = [asyncio.to_thread(speak, number) for number in range(4)]
            task = asyncio.gather(*speaking)
            for spoken in (50, 150, 250):
                while len(ids) < spoken:
                    await asyncio.sleep(0.02)
                await asyncio.to_thread(pair.stop)
                await asyncio.sleep(0.5)
                await asyncio.to_thread(pair.start)
            await task

        told = choir.listen(work)
    finally:
        workers.kill()
    assert len(ids) == len(set(ids)) == 400
    print(f"G15 {count} workers, three power cuts of PostgreSQL: {told} messages, gaps 0, doubles 0")
