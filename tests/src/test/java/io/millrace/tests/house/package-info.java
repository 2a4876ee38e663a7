/** The house rules for text, checked over every file of the repository. */
@NullMarked
package io.millrace.tests.house;

import org.jspecify.annotations.NullMarked;
