# One image for web, worker, beat and the set-up; the command tells them apart.

FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --require-hashes -r requirements.txt
WORKDIR /app
COPY . .
# The settings ask for secrets even here; these are made for this step and end with it.
RUN /venv/bin/python -m emsar.embedded.keys > /tmp/keys \
    && set -a && . /tmp/keys && rm /tmp/keys \
    && DJANGO_SETTINGS_MODULE=emsar.settings.production \
    && DATABASE_URL_WEB=postgres://w:$DATABASE_WEB_PASSWORD@localhost/none \
    && DATABASE_URL_WORKER=postgres://w:$DATABASE_WORKER_PASSWORD@localhost/none \
    && DATABASE_URL=postgres://o:$DATABASE_OWNER_PASSWORD@localhost/none \
    && REDIS_URL=redis://localhost EMAIL_URL=smtp://localhost \
    && /venv/bin/python manage.py compile_messages \
    && /venv/bin/python manage.py collectstatic --no-input \
    && /venv/bin/python -m compileall -q emsar policies consent requests_inbox dsar

FROM python:3.11-slim
RUN groupadd --system --gid 10001 site \
    && useradd --system --uid 10001 --gid site --home-dir /data --shell /usr/sbin/nologin site \
    && install --directory --owner site --group site --mode 0700 /data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=emsar.settings.production \
    DATABASE_ROLE=web \
    DATA_DIR=/data \
    EXTRA_HOSTS=127.0.0.1
USER site
EXPOSE 8000
# Asks the process alone, so that a database that is away for a moment restarts nothing.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "4", "--no-access-log", "--log-level", "warning", "--respawn-failed-workers", "--workers-kill-timeout", "10", "emsar.wsgi:application"]
