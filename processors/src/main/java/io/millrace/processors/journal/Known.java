package io.millrace.processors.journal;

/**
 * A number that the rating of a row tells and its raw bytes are likely to repeat: a column of such
 * digits is then left out of the evidence. Ordinals are part of the journal.
 */
enum Known {
  EVENT_ID,
  SUBSCRIPTION,
  VALUE,
  MILLISECOND,
  SECOND,
  MINUTE,
  HOUR,
  EPOCH_SECOND;

  private static final Known[] ALL = values();

  static final int COUNT = ALL.length;

  static Known of(int ordinal) {
    return ALL[ordinal];
  }

  long in(long eventId, long subscription, long value, long occurredAt) {
    return switch (this) {
      case EVENT_ID -> eventId;
      case SUBSCRIPTION -> subscription;
      case VALUE -> value;
      case MILLISECOND -> Math.floorMod(occurredAt, 1_000L);
      case SECOND -> Math.floorMod(occurredAt, 60_000L) / 1_000;
      case MINUTE -> Math.floorMod(occurredAt, 3_600_000L) / 60_000;
      case HOUR -> Math.floorMod(occurredAt, 86_400_000L) / 3_600_000;
      case EPOCH_SECOND -> Math.floorDiv(occurredAt, 1_000L);
    };
  }
}
