"""What went wrong outside any protocol is said in one sentence: a page or JSON, never a trace."""

import pytest

from messenger.core.refusals import Forbidden, TooMany


@pytest.fixture
def broken(app):
    """Addresses that fail in every way."""

    @app.get("/fault")
    def fault():
        raise RuntimeError("the password is sesame")

    @app.get("/forbidden")
    def forbidden():
        raise Forbidden("Only its members may.")

    @app.get("/fast")
    def fast():
        raise TooMany(retry_after=7)

    @app.post("/form")
    def form():
        from flask import request

        return {"fields": len(request.form)}

    return app.test_client()


def test_a_program_gets_json_in_one_shape(broken):
    answer = broken.get("/nothing", headers={"Accept": "*/*"})
    assert answer.status_code == 404
    assert answer.json == {"code": "404", "message": "There is nothing at this address.", "content": None}


def test_a_person_gets_a_page(broken):
    answer = broken.get("/nothing", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"
    assert "There is nothing at this address." in answer.text


def test_caches_are_told_on_what_the_answer_depends(broken):
    assert {"accept", "hx-request"} <= {name.lower() for name in broken.get("/nothing").vary}


def test_a_fault_shows_nothing_of_itself(broken):
    for accept in ("*/*", "text/html"):
        answer = broken.get("/fault", headers={"Accept": accept})
        assert answer.status_code == 500
        assert "sesame" not in answer.text
        assert "Traceback" not in answer.text
        assert "went wrong on our side" in answer.text


def test_a_refusal_speaks_with_its_own_words(broken):
    answer = broken.get("/forbidden")
    assert (answer.status_code, answer.json["message"]) == (403, "Only its members may.")


def test_who_is_too_fast_hears_how_long_to_wait(broken):
    answer = broken.get("/fast")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


def test_an_oversized_body_is_refused_before_it_is_read(broken):
    answer = broken.post("/form", data=b"x=" + b"y" * 140_000, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413


def test_an_error_page_that_fails_leaves_the_sentence(app, broken, monkeypatch):
    app.jinja_env.loader = None
    answer = broken.get("/nothing", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.text.strip()) == (404, "There is nothing at this address.")
