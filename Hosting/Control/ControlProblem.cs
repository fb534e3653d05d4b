using ActorStack.Actors.Migration;

namespace ActorStack.Hosting.Control;

/// <summary>An error of the control API: problem details (RFC 9457) and what to do next.</summary>
/// <param name="Migration">The migration that was rolled back; null where none was tried.</param>
internal sealed record ControlProblem(
    string Type, string Title, int Status, string Detail, string WhatToDo, MigrationRecord? Migration = null);
