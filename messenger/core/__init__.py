"""What a messenger is: verbs, facts and refusals. No request, no HTML, no JSON of any wire."""
