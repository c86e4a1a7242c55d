# One image for every process. What it is to be is its command: serve, worker, prepare.

FROM python:3.13.9-slim-trixie AS build
RUN pip install --no-cache-dir "uv>=0.13,<0.14"
WORKDIR /srv/tearline
ENV UV_PROJECT_ENVIRONMENT=/srv/venv UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
# What is installed changes less often than what is written here.
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --extra anymail --extra kafka --extra observability --extra stripe --extra twilio --no-install-project
COPY . .
RUN uv sync --frozen --no-dev --extra anymail --extra kafka --extra observability --extra stripe --extra twilio
# Collecting static files reads the settings, which refuse to be without these; nothing of them stays in the image.
RUN DEBUG=0 SECRET_KEY=not-used ALLOWED_HOSTS=not-used /srv/venv/bin/python manage.py collectstatic --noinput

FROM python:3.13.9-slim-trixie
RUN useradd --system --uid 10001 --no-create-home tearline && install -d -o tearline /var/lib/tearline
COPY --from=build /srv /srv
WORKDIR /srv/tearline
ENV PATH=/srv/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DEBUG=0 TEARLINE_VAR=/var/lib/tearline
USER tearline
EXPOSE 8000
ENTRYPOINT ["python", "manage.py"]
CMD ["serve", "--host", "0.0.0.0"]
