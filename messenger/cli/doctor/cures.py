"""The exact lines, for each proxy and each platform."""

from messenger.cli.doctor.fault import Cure

HERE, NGINX, CADDY = "here", "nginx", "Caddy"
PLATFORMS = ("Heroku", "Fly", "Render", "Railway", "Dokku")
PLACES = (HERE, NGINX, CADDY, *PLATFORMS)


def here(*lines: str) -> list[Cure]:
    """On this machine, whatever it is."""
    return [Cure(HERE, list(lines))]


def setting(name: str, value: str) -> list[Cure]:
    """One variable of the environment, as each place wants it."""
    return [
        Cure(HERE, [f"{name}={value}", "in the file .env; then restart"]),
        Cure("Heroku", [f"heroku config:set {name}='{value}'"]),
        Cure("Fly", [f"fly secrets set {name}='{value}'"]),
        Cure("Render", ["in render.yaml, under envVars:", f"- key: {name}", f'  value: "{value}"']),
        Cure("Railway", [f"railway variables --set '{name}={value}'"]),
        Cure("Dokku", [f"dokku config:set messenger {name}='{value}'"]),
    ]


def proxy(port: int) -> list[Cure]:
    """Everything a proxy must hand on, in the form that serves pages and sockets alike."""
    return [
        Cure(
            NGINX,
            [
                "location / {",
                f"    proxy_pass http://127.0.0.1:{port};",
                "    proxy_http_version 1.1;",
                "    proxy_set_header Host $http_host;",
                "    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
                "    proxy_set_header X-Forwarded-Proto $scheme;",
                "    proxy_set_header X-Forwarded-Host $http_host;",
                "    proxy_set_header Upgrade $http_upgrade;",
                '    proxy_set_header Connection "upgrade";',
                "    proxy_read_timeout 75s;",
                "}",
            ],
        ),
        Cure(CADDY, ["chat.example.org {", f"    reverse_proxy 127.0.0.1:{port}", "}"]),
        *_routers(),
    ]


def _routers() -> list[Cure]:
    """The platforms' own routers hand everything on; what can be in the way stands before them."""
    own = {
        "Heroku": "heroku config:set TRUSTED_PROXIES=1",
        "Fly": "fly.toml: [http_service] internal_port = 8080, force_https = true; TRUSTED_PROXIES=1",
        "Render": "envVars: TRUSTED_PROXIES=1",
        "Railway": "railway variables --set TRUSTED_PROXIES=1",
        "Dokku": "dokku nginx:set messenger x-forwarded-proto-value '$scheme'; dokku proxy:build-config messenger",
    }
    return [Cure(place, [line]) for place, line in own.items()]


def body(megabytes: int) -> list[Cure]:
    """How large an upload may be on its way here."""
    return [
        Cure(NGINX, [f"client_max_body_size {megabytes + 1}m;", "in the server block"]),
        Cure(CADDY, ["request_body {", f"    max_size {megabytes + 1}MB", "}"]),
        Cure("Dokku", [f"dokku nginx:set messenger client-max-body-size {megabytes + 1}m",
                       "dokku proxy:build-config messenger"]),
        *setting("MAX_UPLOAD_MB", "1"),
    ]  # fmt: skip


def database() -> list[Cure]:
    """A database that outlives the machine it is asked from."""
    return [
        Cure(HERE, ["DATABASE_URL=postgres://user:password@host/name"]),
        Cure("Heroku", ["heroku addons:create heroku-postgresql"]),
        Cure("Fly", ["fly volumes create kept; in fly.toml:", "[mounts]", 'source = "kept"', 'destination = "/data"',
                     "fly secrets set INSTANCE_DIR=/data"]),
        Cure("Render", ["in render.yaml:", "databases:", "- name: messenger",
                        "and under envVars: - key: DATABASE_URL, fromDatabase: {name: messenger, "
                        "property: connectionString}"]),
        Cure("Railway", ["railway add --database postgres",
                         "railway variables --set 'DATABASE_URL=${{Postgres.DATABASE_URL}}'"]),
        Cure("Dokku", ["dokku postgres:create messenger", "dokku postgres:link messenger messenger"]),
    ]  # fmt: skip


def bucket(name: str) -> list[Cure]:
    """A place for bytes that outlives the machine."""
    kept = setting(name, "s3://KEY:SECRET@host/bucket")
    volume = "dokku storage:mount messenger /var/lib/dokku/data/storage/messenger:/app/instance"
    return [*(cure for cure in kept if cure.place != "Dokku"), Cure("Dokku", [volume])]
