using ActorStack.Actors.Migration;

namespace ActorStack.Hosting.Control;

/// <summary>
/// An error of the control API: problem details (RFC 9457), the advice, and the migration that was rolled back; null where none
/// was tried.
/// </summary>
internal sealed record ControlProblem(
    string Type, string Title, int Status, string Detail, string WhatToDo, MigrationRecord? Migration = null);
