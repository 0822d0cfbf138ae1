using System.Runtime.CompilerServices;

// Operations keep the addresses of 32 lanes in locals, and write before they read.
[module: SkipLocalsInit]
