namespace ActorStack.Hosting;

/// <summary>The stack cannot start here. <see cref="WhatToDo"/> says how it could.</summary>
public sealed class StackStartException : Exception
{
    public StackStartException(string message, string whatToDo, Exception? cause = null)
        : base(message, cause) => WhatToDo = whatToDo;

    public string WhatToDo { get; }
}
