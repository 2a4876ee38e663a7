package io.millrace.tests.architecture.planted.tests.oracle;

import io.millrace.tests.architecture.planted.processors.Engine;

record Oracle(Engine judged) {}
