package io.millrace.connectors.shard;

/** Named places at which a test kills the process. In production nothing listens. */
@FunctionalInterface
public interface CrashPoints {
  String AFTER_READ = "after-read";
  String BEFORE_COMMIT = "before-commit";
  String INSIDE_COMMIT = "inside-commit";
  String AFTER_COMMIT = "after-commit";
  String AFTER_ACKNOWLEDGE = "after-acknowledge";
  String INSIDE_CHECKPOINT = "inside-checkpoint";
  String INSIDE_ACTIVATION = "inside-activation";
  String AFTER_ACTIVATION = "after-activation";
  String ERP_POSTED = "erp-posted";

  /** Nothing happens anywhere. */
  CrashPoints NONE = point -> {};

  /** The process has come to this point. */
  void at(String point);
}
