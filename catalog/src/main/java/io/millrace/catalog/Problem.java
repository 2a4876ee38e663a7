package io.millrace.catalog;

/**
 * A fault in a file, with its place and its cure.
 *
 * @param file as the user named it
 * @param line from 1
 * @param column from 1
 * @param code stable, kebab-case
 * @param message what is wrong
 * @param fix what to write instead
 */
public record Problem(String file, int line, int column, String code, String message, String fix) {

  @Override
  public String toString() {
    return file + ":" + line + ":" + column + ": " + code + ": " + message + ". " + fix;
  }
}
