using System.Text.RegularExpressions;

namespace ActorStack.Actors;

/// <summary>The name of a node, which is part of the ids of the connections that it opened.</summary>
public static partial class NodeName
{
    /// <summary>The greatest length of a name, short because people type it.</summary>
    public const int MaximumLength = 32;

    /// <summary>The advice for a name that is not valid.</summary>
    public const string WhatToDo =
        "Write 1 to 32 small letters, digits and dashes that begin and end with a letter or a digit, as in web-1.";

    /// <summary>
    /// Whether <paramref name="name"/> is 1 to 32 small letters, digits and dashes, with a letter or a digit at both ends.
    /// </summary>
    public static bool IsValid(string name) => name.Length <= MaximumLength && Pattern().IsMatch(name);

    /// <summary>
    /// The machine's name up to its first dot, with invalid characters replaced by dashes; <c>node</c> where no character is
    /// valid.
    /// </summary>
    public static string OfMachine(string machine)
    {
        var label = Foreign().Replace(machine.Split('.')[0].ToLowerInvariant(), "-").Trim('-');
        if (label.Length > MaximumLength) label = label[..MaximumLength].TrimEnd('-');
        return label.Length > 0 ? label : "node";
    }

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")]
    private static partial Regex Pattern();

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex Foreign();
}
