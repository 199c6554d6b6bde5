"""What people write who want their words to run: markup, ways out of attributes, links, htmx, templates, encodings.

Whatever runs calls `alarm()`; whatever is loaded or asked for is `/pwned`. No payload is longer than a name may be.
"""

import itertools

TAGS = [
    "<script>alarm()</script>", "<script src=/pwned></script>", "<ScRiPt>alarm()</sCrIpT>", "<script\n>alarm()</script >",
    "<script/x>alarm()</script>", "<<script>alarm()//<</script>", "<scr<script>ipt>alarm()</script>", "<script>alarm()",
    "<script type=module>alarm()</script>", "<script async src=//127.0.0.1/pwned></script>",
    "<img src=x onerror=alarm()>", "<img/src=x/onerror=alarm()>", "<img src=/pwned>", "<IMG SRC=x ONERROR=alarm()>",
    "<img src='x'onerror='alarm()'>", '<img src="x"onerror="alarm()"', "<img src=x onerror=alarm`1`>",
    "<img srcset='/pwned 1x'>", "<img src=x:x onerror\n=alarm()>", "<image src=x onerror=alarm()>",
    "<svg onload=alarm()>", "<svg/onload=alarm()>", "<svg><script>alarm()</script></svg>",
    "<svg><animate onbegin=alarm() attributeName=x dur=1s>", "<svg><a href=javascript:alarm()><text y=9>x</text></a>",
    "<svg><use href=/pwned#x></svg>", "<svg><set onbegin=alarm() attributename=x>", "<svg><image href=/pwned></svg>",
    "<svg><foreignObject><img src=x onerror=alarm()>", "<math><mtext><img src=x onerror=alarm()>",
    "<math href=javascript:alarm()>x</math>", "<body onload=alarm()>", "<iframe src=javascript:alarm()>",
    "<iframe srcdoc='<script>parent.alarm()</script>'>", "<iframe src=/pwned></iframe>", "<embed src=/pwned>",
    "<object data=/pwned></object>", "<object data=javascript:alarm()>", "<video><source onerror=alarm()></video>",
    "<video src=/pwned autoplay></video>", "<video poster=/pwned></video>", "<audio src=x onerror=alarm()></audio>",
    "<details open ontoggle=alarm()>x</details>", "<input autofocus onfocus=alarm()>", "<select autofocus onfocus=alarm()>",
    "<textarea autofocus onfocus=alarm()>", "<marquee onstart=alarm()>x</marquee>", "<p style=background:url(/pwned)>x",
    "<style>@import '/pwned';</style>", "<style>*{background:url(/pwned)}</style>", "<link rel=stylesheet href=/pwned>",
    "<link rel=prefetch href=/pwned>", "<meta http-equiv=refresh content='0;url=/pwned'>", "<base href=/pwned/>",
    "<form action=/pwned><input type=submit autofocus></form>", "<button formaction=javascript:alarm()>x</button>",
    "<x onpointerenter=alarm() style=font-size:9em>x</x>", "<a href=javascript:alarm() autofocus>x</a>",
    "<div popover id=x onbeforetoggle=alarm()>x</div>", "<template><script>alarm()</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alarm()>'>", "<xss id=x tabindex=1 onfocus=alarm()></xss>",
    "<chat-composer onclick=alarm()>x</chat-composer>",
    "<live-socket data-path=/pwned></live-socket>", "<toast-stack id=toasts onclick=alarm()>", "<portal src=/pwned>",
]  # fmt: skip
HTMX = [
    "<p hx-get=/pwned hx-trigger=load>x</p>", "<p data-hx-get=/pwned data-hx-trigger=load>x</p>",
    "<p hx-post=/pwned hx-trigger='load once'>x</p>", "<p hx-get=/pwned hx-trigger='every 1s'>x</p>",
    "<p hx-get=/pwned hx-trigger=revealed>x</p>", "<p hx-get=/pwned hx-trigger=intersect>x</p>",
    "<p hx-on::load=alarm()>x</p>", "<p hx-on:click=alarm()>x</p>", "<p hx-ext=ws ws-connect=/pwned>x</p>",
    "<p hx-delete=/pwned hx-trigger=load>x</p>", "<p hx-put=/pwned hx-trigger=load>x</p>", "<p hx-boost=true><a href=/pwned>",
    "<p hx-vals='js:{x:alarm()}' hx-get=/pwned hx-trigger=load>", "<p hx-swap-oob=true id=toasts>gone</p>",
    "<p hx-get=/pwned hx-trigger='load[alarm()]'>x</p>", "<p hx-headers='js:{x:alarm()}'>x</p>",
    "<form hx-post=/pwned hx-trigger=load></form>", "<p hx-get=/pwned hx-trigger='load from:body'>x</p>",
    "<p sse-connect=/pwned hx-ext=sse>x</p>", "<p hx-swap-oob='beforeend:#toasts'><img src=/pwned></p>",
]  # fmt: skip
MARKDOWN = [
    "[x](javascript:alarm())", "[x](JaVaScRiPt:alarm())", "[x](java\tscript:alarm())", "[x](javascript&colon;alarm())",
    "[x](&#106;avascript:alarm())", "[x](data:text/html,<script>alarm()</script>)", "[x](vbscript:alarm())",
    "![x](/pwned)", "![x](x' onerror='alarm())", '![x](x"onerror="alarm())', '[x](http://a"onmouseover="alarm())',
    "[x](http://a 'title\"onclick=\"alarm()')", "<javascript:alarm()>", "<http://a\"onclick=alarm()>", "[x]: javascript:alarm()",
    "`<img src=x onerror=alarm()>`", "```<img src=x onerror=alarm()>```", '```"onclick="alarm()\nx\n```',
    "**<img src=x onerror=alarm()>**", "~~<svg onload=alarm()>~~", "> <img src=x onerror=alarm()>", "- <svg onload=alarm()>",
    "1. <img src=x onerror=alarm()>", "# <img src=x onerror=alarm()>", "[<img src=x onerror=alarm()>](http://a)",
    "http://a.example/\"onmouseover=alarm()//", "http://a.example/'onclick='alarm()", "http://a.example/<svg/onload=alarm()>",
    "www.a.example\"><img src=x onerror=alarm()>", "a@b.example\"><svg onload=alarm()>", "@ann\"><svg onload=alarm()>",
    "*a*<img src=x onerror=alarm()>*b*", "\\<img src=x onerror=alarm()>", "[x](http://a\\\"onclick=alarm())", "<!-- <svg onload=alarm()> -->",
    "|a|b|\n|-|-|\n|<img src=x onerror=alarm()>|", "[x](//127.0.0.1/pwned)![x](data:image/svg+xml,<svg onload=alarm()>)",
]  # fmt: skip
ODD = [
    "&lt;script&gt;alarm()&lt;/script&gt;", "&#60;img src=x onerror=alarm()&#62;", "%3Cscript%3Ealarm()%3C/script%3E",
    "\\u003cimg src=x onerror=alarm()\\u003e", "\\x3csvg onload=alarm()\\x3e", "+ADw-script+AD4-alarm()+ADw-/script+AD4-",
    "＜script＞alarm()＜/script＞", "‹img src=x onerror=alarm()›", "<\u200bscript>alarm()</script>", "javascript:alarm()",
    "{{ alarm() }}", "{{ ''.__class__ }}", "{% include '/pwned' %}", "${alarm()}", "#{alarm()}", "<%= alarm() %>", "%(alarm)s",
    "{{config.SECRET_KEY}}", "';alarm();//", '";alarm();//', "\\';alarm();//", "</script><script>alarm()</script>", "]]><svg onload=alarm()>",
    "<![CDATA[<svg onload=alarm()>]]>", "' onfocus=alarm() autofocus x='", '" onfocus=alarm() autofocus x="', "` onfocus=alarm() autofocus `", "x onload=alarm()",
]  # fmt: skip
BREAKS = [
    '"><',
    "'><",
    "</title><",
    "</textarea><",
    "-->",
    "</style><",
    "</template><",
    "</bdi></a><",
    '"/></form><',
    "]]><",
]
INNER = [
    "img src=x onerror=alarm()>",
    "svg onload=alarm()>",
    "p hx-get=/pwned hx-trigger=load>x",
    "img src=/pwned>",
    "script>alarm()</script>",
]
BROKEN_OUT = [
    (start + inner) if start.endswith("<") else f"{start}<{inner}" for start, inner in itertools.product(BREAKS, INNER)
]
PAYLOADS = [*TAGS, *HTMX, *MARKDOWN, *ODD, *BROKEN_OUT]
