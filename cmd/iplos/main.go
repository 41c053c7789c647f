// Command iplos reports IPLOS data from a Norwegian municipality to SSB.
package main

func main() {}
