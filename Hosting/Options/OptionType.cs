using Akka.Configuration.Hocon;

namespace ActorStack.Hosting.Options;

/// <summary>The values that an option may have, and how HOCON writes them.</summary>
internal abstract class OptionType<T>
{
    /// <summary>The type and its range as the documentation names them, for example "time, from 1ms to 7d".</summary>
    public abstract string Name { get; }

    /// <summary>The sentence that tells people which values are allowed.</summary>
    public abstract string WhatToDo { get; }

    /// <summary>Reads a value. Its range is checked by <see cref="Refuse"/>.</summary>
    /// <exception cref="FormatException">The value is malformed.</exception>
    /// <exception cref="OverflowException">The value is no number that <typeparamref name="T"/> can hold.</exception>
    /// <exception cref="ArgumentException">The value is none of the names.</exception>
    /// <exception cref="NotSupportedException">The value is of another kind, for example a section.</exception>
    public abstract T Read(HoconValue value);

    /// <summary>Null where <paramref name="value"/> is allowed, else the sentence that says what to give in its place.</summary>
    public string? Refuse(T value) => Allows(value) ? null : Advise(value);

    /// <summary>Writes a value as HOCON.</summary>
    public abstract string Write(T value);

    /// <summary>Writes a value for people, in an error message.</summary>
    public virtual string Show(T value) => Write(value);

    protected abstract bool Allows(T value);

    protected virtual string Advise(T refused) => WhatToDo;
}
