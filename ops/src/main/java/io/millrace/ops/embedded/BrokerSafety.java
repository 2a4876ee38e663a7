package io.millrace.ops.embedded;

/** What a message survives once its publisher has the broker's acknowledgement. */
public enum BrokerSafety {
  /** A power cut: acknowledged after {@code fdatasync}. */
  POWER_CUT,
  /** The broker's death by any signal: acknowledged after the write to the file. */
  PROCESS_DEATH,
  /** A lost connection; gone with the process. For measuring what the rest costs. */
  CONNECTION_LOSS
}
