package io.millrace.tests.architecture.planted.processors;

import java.time.Instant;
import java.util.Locale;

final class AsksTheMachine {
  Instant now() {
    return Instant.now();
  }

  String text(long units) {
    return String.format("%d", units);
  }

  String rootText(long units) {
    return String.format(Locale.ROOT, "%d", units);
  }
}
