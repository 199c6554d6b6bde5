"""The documentation in a real browser: nothing from elsewhere, nothing against the page's own policy, and it works."""

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def watched(page, server):
    """A page that notes every request to another host and every violation of the policy."""
    page.foreign, page.complaints = [], []
    page.on(
        "request",
        lambda request: None if request.url.startswith((server.url, "data:")) else page.foreign.append(request.url),
    )
    # Swagger UI grumbles at every underscore in a deep link; the names of the protocols have some.
    grumble = "Deprecated: escaping deep link whitespace"
    page.on(
        "console",
        lambda message: (
            page.complaints.append(message.text)
            if message.type == "error" and not message.text.startswith(grumble)
            else None
        ),
    )
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.add_init_script(
        "document.addEventListener('securitypolicyviolation',"
        " e => console.error('CSP ' + e.violatedDirective + ' ' + e.blockedURI))"
    )
    return page


def test_a_call_can_be_tried_out_against_this_server(watched, server):
    watched.goto(f"{server.url}/api/#/mvp_messenger/post_auth_sing_up")
    operation = watched.locator("#operations-mvp_messenger-post_auth_sing_up")
    operation.wait_for()
    if not operation.locator(".execute").count():
        operation.locator(".opblock-summary-control").click()
    operation.locator(".execute").click()
    operation.locator(".live-responses-table .response-col_status").filter(has_text="201").first.wait_for()
    assert "User registered!" in operation.locator(".live-responses-table").inner_text()
    assert watched.locator(".opblock-tag").count() == 5
    assert watched.foreign == []
    assert watched.complaints == []


def test_the_page_of_sockets_reads_well(watched, server):
    watched.goto(f"{server.url}/api/sockets")
    watched.get_by_text("chat_message_file").first.click()
    assert watched.get_by_text('"chat_id": "35"').first.is_visible()
    assert watched.foreign == []
    assert watched.complaints == []
