"""The outside world, as notifications sees it: `mail` carries letters, `texts` texts, `endpoints` webhooks."""
