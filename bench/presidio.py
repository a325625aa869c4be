"""Finds PHI in the texts of a JSON file with Presidio: python presidio.py texts.json spacy-model > answer.json"""

import json
import sys
import time

from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import NlpEngineProvider

path, model = sys.argv[1:3]
with open(path, encoding="utf-8") as file:
    texts = json.load(file)
provider = NlpEngineProvider(
    nlp_configuration={"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": model}]}
)
analyzer = AnalyzerEngine(nlp_engine=provider.create_engine(), supported_languages=["en"])
analyzer.analyze("Warm up, John Smith of Boston.", language="en")
began = time.process_time()
found = [
    [
        {"type": result.entity_type, "start": result.start, "end": result.end, "score": result.score}
        for result in analyzer.analyze(text, language="en")
    ]
    for text in texts
]
json.dump({"seconds": time.process_time() - began, "found": found}, sys.stdout)
