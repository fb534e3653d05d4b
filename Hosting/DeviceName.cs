namespace ActorStack.Hosting;

/// <summary>Checks a name of a network device as the kernel does (IFNAMSIZ, dev_valid_name).</summary>
internal static class DeviceName
{
    public const string WhatToDo = "Give 1 to 15 characters without '/', ':', '%' and spaces.";

    private const int Longest = 15;

    public static bool IsValid(string name) =>
        name.Length is > 0 and <= Longest && !name.Any(c => c is '/' or ':' or '%' || char.IsWhiteSpace(c));
}
