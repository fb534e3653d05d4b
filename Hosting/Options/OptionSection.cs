namespace ActorStack.Hosting.Options;

/// <summary>What the options whose keys begin with <paramref name="Key"/> have in common.</summary>
internal sealed record OptionSection(string Key, string Text);
