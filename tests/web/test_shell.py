"""What every page shares, made at the moment it is first needed and not before."""

import pytest
from babel import Locale
from flask import Flask, url_for

from messenger.reception import addresses
from messenger.web import shell


@pytest.mark.parametrize(
    "name", ["en", "de_CH", "ar_EG", "he", "fa", "yi", "ur_IN", "pa", "pa_Arab_PK", "uz_Cyrl", "ckb"]
)
def test_the_lines_of_a_language_begin_where_its_readers_expect_it(name):
    locale = Locale.parse(name)
    assert shell.direction(locale) == locale.text_direction


def test_an_address_is_made_ready_when_it_is_first_named():
    app = Flask("addresses")
    app.url_rule_class = addresses.Address
    app.add_url_rule("/of/<address>/<int:number>", "place", lambda address, number: f"{address} {number}")
    (rule,) = app.url_map.iter_rules("place")
    assert rule._build_unknown.__func__ is addresses._build_unknown
    with app.test_request_context():
        for number in (7, 8):
            made = url_for("place", address="a b", number=number, self="me")
            assert made == f"/of/a%20b/{number}?self=me"
    assert rule._build_unknown.__func__ is not addresses._build_unknown
    assert rule.build({"address": "x", "number": 1}, append_unknown=False) == ("", "/of/x/1")
    assert app.test_client().get("/of/a%20b/7").text == "a b 7"
