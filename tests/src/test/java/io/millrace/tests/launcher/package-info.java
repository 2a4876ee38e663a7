/** The launcher, run by a shell in a small house with a made-up JDK and Maven. */
@NullMarked
package io.millrace.tests.launcher;

import org.jspecify.annotations.NullMarked;
