package io.millrace.tests.architecture.planted.catalog;

import io.millrace.tests.architecture.planted.ops.LampManager;

record PointsUp(LampManager manager) {}
