namespace ActorStack.Hosting.Control;

/// <summary>An error of the control API: problem details (RFC 9457) and what to do next.</summary>
internal sealed record ControlProblem(string Type, string Title, int Status, string Detail, string WhatToDo);
