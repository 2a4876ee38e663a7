package io.millrace.catalog;

import java.util.List;

/**
 * A YAML value with its place in the file. Scalars are their text: YAML's guesses at types (octals,
 * the country {@code NO}, doubles) never come into it. Lines and columns count from 1.
 */
sealed interface Yaml {

  int line();

  int column();

  record Scalar(int line, int column, String text) implements Yaml {}

  record Sequence(int line, int column, List<Yaml> items) implements Yaml {}

  record Mapping(int line, int column, List<Entry> entries) implements Yaml {}

  record Entry(Scalar key, Yaml value) {}
}
