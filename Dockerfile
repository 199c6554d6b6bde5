# One image, one volume: everything that must be kept lies in /data. See docs/deploy.md.
FROM python:3.11-slim AS packages
COPY requirements.txt /tmp/
RUN python -m venv /packages && /packages/bin/pip install --no-cache-dir --disable-pip-version-check -r /tmp/requirements.txt \
  && /packages/bin/pip uninstall --quiet --yes setuptools pip

FROM python:3.11-slim
RUN useradd --system --uid 10001 --no-create-home messenger && install -d -o messenger -g messenger -m 700 /data
COPY --from=packages /packages /packages
WORKDIR /app
COPY app.py gunicorn.conf.py ./
COPY migrations migrations
COPY templates templates
COPY static static
COPY messenger messenger
ENV PATH=/packages/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 INSTANCE_DIR=/data HOST=0.0.0.0 PORT=8000
USER messenger
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import os, urllib.request as ask; ask.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/healthz\", timeout=4)"]
CMD ["gunicorn"]
